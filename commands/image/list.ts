import Images from '../images.ts'

export default class ImageList extends Images {
  static override aliases = ['ls']
}
